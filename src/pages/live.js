/**
 * Keeps the top of a model's page true without reloading it: whenever the model says that something changed, the part `now` is
 * asked for again. What a person is writing there is never taken away; the page is whole without this script.
 */
const now = document.getElementById('now');
const news = document.getElementById('news');

if (now && news && 'EventSource' in window) listen();

function listen() {
  const source = new EventSource(now.dataset.events);
  source.addEventListener('status', () => void refresh());
  source.addEventListener('gone', () => source.close());
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    await show();
  } finally {
    asking = false;
    if (again) {
      again = false;
      void refresh();
    }
  }
}

async function show() {
  const answer = await fetch(now.dataset.fragment);
  if (!answer.ok || answer.redirected) return;
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  if (seen(template.innerHTML) === seen(now.innerHTML)) return;
  if (isWriting()) return tell('There is news: reload the page to see it.');
  const focused = document.activeElement?.id;
  const ledger = entries();
  const open = new Set([...now.querySelectorAll('details[open]')].map(named));
  now.replaceChildren(template.content);
  for (const fold of now.querySelectorAll('details')) fold.open = open.has(named(fold));
  if (focused) document.getElementById(focused)?.focus();
  tell(now.querySelector('[data-state]')?.textContent ?? '');
  if (entries() !== ledger) await past();
}

/** Without what differs from one asking to the next, and what a person has opened. */
const seen = (text) => text.replaceAll(/value="page-[^"]*"| open=""/g, '').trim();
const named = (fold) => fold.querySelector('summary')?.textContent;
const entries = () => now.querySelector('[data-entries]')?.dataset.entries;

/** Screen readers tell it when there is a pause; the same again is not told. */
function tell(words) {
  if (news.textContent !== words) news.textContent = words;
}

function isWriting() {
  const fields = [...now.querySelectorAll('input:not([type=hidden]), select')];
  const open = now.querySelector('details[open] form');
  return (
    open !== null ||
    fields.some((field) => field === document.activeElement || (field.matches('input') && field.value !== ''))
  );
}

/** The cycles, the ledger and the rest, when the model has decided something. */
async function past() {
  const answer = await fetch(location.pathname);
  if (!answer.ok || answer.redirected) return;
  const whole = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('past');
  const old = document.getElementById('past');
  if (whole && old && !old.contains(document.activeElement)) old.replaceWith(whole);
}
