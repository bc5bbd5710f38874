/** One self-contained page: no scripts, nothing fetched; light and dark, printable. */
import { Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  /** What one should know after five seconds. */
  readonly lead: Html;
  readonly good: boolean;
  readonly verdict: string;
  /** Short facts under the title: name and value. */
  readonly facts: readonly (readonly [string, string])[];
  readonly sections: readonly Html[];
}

export function renderPage({ title, lead, good, verdict, facts, sections }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="verdict ${good ? 'good' : 'bad'}"><span aria-hidden="true">${good ? '✓' : '✕'}</span> ${verdict}</p>
<p class="lead">${lead}</p>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<main>${sections}</main>
<footer>Written by Perennial. How each measure is defined: docs/metrics.md.</footer>
</body>
</html>
`.text;
}

export const section = (heading: string, ...content: readonly Html[]): Html =>
  html`<section><h2>${heading}</h2>${content}</section>`;

/** A chart with its caption; what it shows is also told in words to those who do not see it. */
export const figure = (chart: Html, caption: string | Html): Html =>
  html`<figure>${chart}<figcaption>${caption}</figcaption></figure>`;

/** Something that is opened when it is wanted. */
export const fold = (summary: string, content: Html): Html =>
  html`<details><summary>${summary}</summary>${content}</details>`;

type Cell = string | number | Html;

/** The first column heads its row; the others are numbers, set to the right, unless `words` names them. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  words: readonly number[] = [],
): Html {
  const kind = (column: number) => (column === 0 || words.includes(column) ? 'text' : 'number');
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${kind(i)}">${cell}</td>`))}</tr>`,
  );
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr>${heads.map((head, i) => html`<th scope="col" class="${kind(i)}">${head}</th>`)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A word with a colour of its own, never told by colour alone. */
export const badge = (kind: 'good' | 'warn' | 'bad' | 'quiet', words: string): Html =>
  html`<span class="badge ${kind}">${words}</span>`;

const DARK = `--paper:#14171c;--card:#1b1f26;--ink:#e8eaed;--muted:#a3abb7;--line:#313843;--grid:#2a303a;
--first:#6aa9ff;--second:#f2a65a;--good:#5fcf8f;--warn:#f0c04f;--bad:#ff8080`;

/** Of reports, and of what shows charts and tables beside them. */
export const STYLE = `
:root{--paper:#f6f7f9;--card:#fff;--ink:#1c2128;--muted:#5b6472;--line:#d9dee5;--grid:#e6e9ee;
--first:#1f66c1;--second:#c2620a;--good:#17753f;--warn:#8a6100;--bad:#b3261e}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main,footer{max-width:1080px;margin:0 auto;padding:0 24px}
header{padding-top:32px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px}
h2{font-size:19px;margin:0 0 12px}
.verdict{font-size:18px;font-weight:600;margin:0}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.quiet{color:var(--muted)}
.lead{margin:6px 0 16px;max-width:75ch}
dl{display:flex;flex-wrap:wrap;gap:8px 32px;margin:0 0 24px}
dt{font-size:13px;color:var(--muted)}dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 24px;margin:0 0 20px}
section p{max-width:75ch}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:24px}
figure{margin:0 0 8px}
svg{max-width:100%;height:auto;display:block}
figcaption,.note{font-size:14px;color:var(--muted);max-width:75ch;margin-top:6px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-size:14px;color:var(--muted);padding-bottom:6px}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
thead th{font-size:13px;color:var(--muted);font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
.number{text-align:right;white-space:nowrap}
.badge{font-weight:600;white-space:nowrap}
code{font:13px/1.4 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{padding-bottom:32px;font-size:13px;color:var(--muted)}
@media print{:root{--paper:#fff}body{font-size:12px}section{break-inside:avoid;border-color:#bbb}header,main,footer{max-width:none;padding:0}.wide{overflow:visible}}
`;
