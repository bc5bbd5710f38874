"""Pages through generated sets, under every sort and filter, while items come and go in between.

Usage: PYTHONPATH=local check_listing.py <seed> <runs>; prints {runs, pages, problems}. What a listing should
give is told here a second time, as simply as it goes.
"""

import json
import random
import sys

from sagemaker_server.listing import page

STATUSES = ["InProgress", "Completed", "Failed"]


def item(draw, number):
    return {
        # Many names and times are alike but for a letter, and some times are the same.
        "JobName": f"{draw.choice(['Ab', 'ab', 'b', 'a-b'])}-{draw.randrange(40)}-{number}",
        "JobStatus": draw.choice(STATUSES),
        "CreationTime": 1_700_000_000 + draw.randrange(20) / 4,
        "LastModifiedTime": 1_700_000_100 + draw.randrange(20) / 4,
        "WarmPoolStatus": {"Status": draw.choice(["Available", "InUse"])} if draw.random() < 0.5 else None,
    }


def query(draw):
    asked = {"MaxResults": draw.randint(1, 7)}
    options = {
        "SortBy": lambda: draw.choice(["Name", "CreationTime", "Status"]),
        "SortOrder": lambda: draw.choice(["Ascending", "Descending"]),
        "NameContains": lambda: draw.choice(["B", "a", "-1", "zzz"]),
        "StatusEquals": lambda: draw.choice(STATUSES),
        "WarmPoolStatusEquals": lambda: "InUse",
        "CreationTimeAfter": lambda: 1_700_000_000 + draw.randrange(20) / 4,
        "CreationTimeBefore": lambda: 1_700_000_000 + draw.randrange(20) / 4,
        "LastModifiedTimeAfter": lambda: 1_700_000_100 + draw.randrange(20) / 4,
        "LastModifiedTimeBefore": lambda: 1_700_000_100 + draw.randrange(20) / 4,
    }
    return asked | {name: make() for name, make in options.items() if draw.random() < 0.3}


def wanted(items, asked, since):
    def holds(each):
        tests = {
            "NameContains": lambda value: value.lower() in each["JobName"].lower(),
            "StatusEquals": lambda value: each["JobStatus"] == value,
            "WarmPoolStatusEquals": lambda value: (each["WarmPoolStatus"] or {}).get("Status") == value,
            "CreationTimeAfter": lambda value: each["CreationTime"] > value - (0.1 if since else 0),
            "CreationTimeBefore": lambda value: each["CreationTime"] < value,
            "LastModifiedTimeAfter": lambda value: each["LastModifiedTime"] > value - (0.1 if since else 0),
            "LastModifiedTimeBefore": lambda value: each["LastModifiedTime"] < value,
        }
        return all(test(asked[name]) for name, test in tests.items() if name in asked)

    return [each for each in items if holds(each)]


def ordered(names, items, asked):
    field = {"Name": "JobName", "Status": "JobStatus"}.get(asked.get("SortBy"), "CreationTime")
    by_name = {each["JobName"]: each for each in items}
    values = [by_name[name][field] for name in names]
    return values == sorted(values, reverse=asked.get("SortOrder") == "Descending")


def walk(draw):
    items = [item(draw, number) for number in range(draw.randrange(40))]
    everything, always = list(items), {each["JobName"] for each in items}
    asked, since, changing = query(draw), draw.random() < 0.5, draw.random() < 0.6
    seen, token, pages = [], None, 0
    while True:
        request = {**asked, **({"NextToken": token} if token else {})}
        shown, token = page(items, request, "JobName", "JobStatus", order="Ascending", since=since)
        pages += 1
        if len(shown) > asked["MaxResults"]:
            return pages, "a page is too long"
        seen += [each["JobName"] for each in shown]
        if not token:
            break
        if changing and items:
            gone = items.pop(draw.randrange(len(items)))
            always.discard(gone["JobName"])
            items.append(item(draw, 1000 + pages))
            everything.append(items[-1])
            draw.shuffle(items)
    must = {each["JobName"] for each in wanted(everything, asked, since)}
    checks = {
        "an item came twice": len(set(seen)) == len(seen),
        "an item is missing": must & always <= set(seen),
        "an item should not be there": set(seen) <= must,
        "the order is wrong": ordered(seen, everything, asked),
    }
    return pages, next((what for what, holds in checks.items() if not holds), None)


def main(seed, runs):
    pages, problems = 0, []
    for run in range(runs):
        count, problem = walk(random.Random(f"{seed}-{run}"))
        pages += count
        problems += [f"{problem} (run {run})"] if problem else []
    print(json.dumps({"runs": runs, "pages": pages, "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
