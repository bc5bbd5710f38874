/** Forms that need no script: each posts one word to the model, and comes back to its page. */
import { randomUUID } from 'node:crypto';
import { type Html, html } from '../report/html.ts';

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  /** Chosen among these instead of written. */
  readonly options?: readonly (readonly [value: string, words: string])[];
}

export interface Form {
  readonly action: string;
  readonly fields?: readonly Field[];
  readonly hidden?: Readonly<Record<string, string>>;
  readonly buttons: readonly {
    readonly id: string;
    readonly words: string;
    readonly kind: 'do' | 'undo' | 'plain';
  }[];
}

/** Its `once` makes a form that is sent twice by a nervous finger one wish. */
export function form({ action, fields = [], hidden = {}, buttons }: Form): Html {
  const told = Object.entries({ ...hidden, once: `page-${randomUUID()}` });
  return html`<form method="post" action="${action}">
${told.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields.map(fieldOf)}
<p class="buttons">${buttons.map((one) => html`<button id="${one.id}" class="${one.kind}">${one.words}</button>`)}</p>
</form>`;
}

function fieldOf({ id, label, name, options }: Field): Html {
  const control = options
    ? html`<select id="${id}" name="${name}">${options.map(([value, words]) => html`<option value="${value}">${words}</option>`)}</select>`
    : html`<input id="${id}" name="${name}" type="text" maxlength="4000" autocomplete="off">`;
  return html`<p class="field"><label for="${id}">${label}</label>${control}</p>`;
}

export const reasonField = (id: string, label = 'Reason, for the ledger'): Field => ({ id, label, name: 'reason' });
