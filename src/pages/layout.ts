/** The page around everything: landmarks, the way back, who is signed in, and what was just done. */
import { type Html, html } from '../report/html.ts';
import { SCRIPT, SHEET } from './assets.ts';
import type { Part, Said, Viewer } from './types.ts';

export interface Layout {
  readonly title: string;
  /** The way from the fleet to here: name and address, the last one being here. */
  readonly trail?: readonly (readonly [name: string, path: string])[];
  /** Absent before anybody has signed in. */
  readonly viewer?: Viewer;
  readonly said?: Said;
  readonly lead?: Html;
  readonly content: readonly Part[];
}

export function page({ title, trail = [], viewer, said, lead, content }: Layout): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Perennial</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${SHEET.path}">
<script defer src="${SCRIPT.path}"></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<div class="bar"><nav aria-label="Where you are">${crumbs(trail)}</nav>${viewer && who(viewer)}</div>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${lead}
${said && banner(said)}
${content}
</main>
<footer>Perennial. The same by HTTP: <a href="/docs">the API</a>.</footer>
</body>
</html>
`.text;
}

function crumbs(trail: NonNullable<Layout['trail']>): Html {
  const here = (at: number) => at === trail.length - 1;
  const items = trail.map(([name, path], at) =>
    here(at)
      ? html`<li><a href="${path}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${path}">${name}</a></li>`,
  );
  return html`<ol><li class="mark" aria-hidden="true">❋</li>${items}</ol>`;
}

const who = ({ by, role }: Viewer): Html =>
  html`<form class="who" method="post" action="/logout"><span>${by}, ${role}</span><button class="quiet-button">Sign out</button></form>`;

/** Errors are told at once; what went well, when there is a pause. */
const banner = ({ good, words, hint }: Said): Html =>
  good
    ? html`<div class="said good-edge" role="status"><p><span class="good" aria-hidden="true">✓</span> ${words}</p></div>`
    : html`<div class="said bad-edge" role="alert"><p><strong class="bad"><span aria-hidden="true">✕</span> Not done:</strong> ${words}</p>${hint && html`<p>${hint}</p>`}</div>`;
