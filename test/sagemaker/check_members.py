"""Holds the table of members to the server by acting: each is sent in a right request, to the very operation.

Prints {members, refused, no, recorded, taken, problems}. A member that is refused must be refused by a message that
names it, and taken when it only says no; one that is recorded must come back from Describe; one that is real must not
be refused as not supported.
"""

import json
from collections import Counter

from member_descriptions import described, place_of
from member_requests import ALWAYS, BASES
from member_values import at, value, values, with_member
from member_world import World
from sagemaker_server.errors import ServiceError
from sagemaker_server.members import MEMBERS, members_of
from sagemaker_server.model import service
from sagemaker_server.refusals import wanted

NOT_HERE = ("is not supported by the local SageMaker server", "is not supported on a laptop")
REFUSALS = ("ValidationException", "ValidationError", "InvalidInputException")


class Check:
    """Of one operation."""

    def __init__(self, speaks, operation):
        self.speaks, self.operation = speaks, operation
        self.shape = service(speaks).operation_model(operation).input_shape
        self.bases = BASES.get((speaks, operation)) or [value(self.shape)]
        self.count, self.problems = Counter(), []

    def run(self):
        if (self.speaks, self.operation) in BASES and self.speaks != "sagemaker-runtime":
            for number, base in enumerate(self.bases):
                error = self._sent(base)
                self._expect("itself", error is None, f"base {number} is refused: {error}")
        for row in members_of(self.speaks, self.operation):
            self.count["members"] += 1
            name = row.path.replace("[]", "").split(".")[-1]
            if row.status.word == "refused" and row.shape.type_name == "boolean":
                self._takes_no(row)
            choices = values(row.shape, name)
            for given in choices:
                if row.status.word == "refused" or given in row.status.but:
                    self._refuses(row, given, len(choices) > 1)
                else:
                    self._takes(row, given, len(choices) > 1)

    def _refuses(self, row, given, choose):
        error = self._sent(next(self._requests(row.path, given, choose)))
        self.count["refused"] += 1
        names = [path.replace("[]", "").split(".")[-1] for path in (row.path, row.said_at)]
        named = error and any(_plain(name) in _plain(error.message) for name in [*names, str(given)])
        right = named and error.code in REFUSALS and "error detected" not in error.message
        self._expect(row.path, right, f"{given!r} should be refused by name, but: {error}")

    def _takes_no(self, row):
        """Clients send what only says no, and it asks for nothing."""
        request = next(self._requests(row.path, False, True))
        if not row.said_at.endswith("[]") and not wanted(at(request, row.said_at)):
            self.count["no"] += 1
            error = self._sent(request)
            self._expect(row.path, error is None, f"False should be taken, but: {error}")

    def _takes(self, row, given, choose):
        """One right request that takes it is enough: what some of them forbid is AWS's own rule."""
        self.count["taken"] += 1
        recorded = row.status.word == "recorded"
        errors = []
        for request in self._requests(row.path, given, choose):
            error = self._sent(request)
            if not error and recorded:
                return self._shows(row.path, request)
            if not error or not (recorded or any(word in error.message for word in NOT_HERE)):
                return None
            errors.append(error.message)
        return self._expect(row.path, False, f"{given!r} should be taken, but: {errors[0]}")

    def _shows(self, path, request):
        self.count["recorded"] += 1
        world = World(ALWAYS)
        answer = world.call(self.speaks, self.operation, request)
        document = described(world, self.speaks, self.operation, request, answer)
        sent, shown = at(request, path), at(document, place_of(self.operation, path))
        self._expect(path, shown == sent, f"sent {sent!r}, described {shown!r}")

    def _requests(self, path, given, choose):
        """The bases with the member, those first that have most of the way to it; what is in a base stays, unless
        there is a choice."""
        ways = [path.split(".")[:end] for end in range(1, path.count(".") + 2)]

        def depth(base):
            return sum(at(base, ".".join(way)) is not None for way in ways)

        for base in sorted(self.bases, key=depth, reverse=True):
            keeps = not choose and at(base, path) is not None
            yield base if keeps else with_member(self.shape, base, path, given)

    def _sent(self, request):
        try:
            World(ALWAYS).call(self.speaks, self.operation, request)
        except ServiceError as error:
            return error
        return None

    def _expect(self, path, right, words):
        if not right:
            self.problems.append(f"{self.operation}.{path}: {words}")


def _plain(text):
    return text.lower().replace(" ", "").replace("-", "")


def main():
    count, problems = Counter(), []
    for speaks, operations in MEMBERS.items():
        for operation in operations:
            check = Check(speaks, operation)
            check.run()
            count.update(check.count)
            problems += check.problems
    print(json.dumps({**count, "problems": problems}))


if __name__ == "__main__":
    main()
