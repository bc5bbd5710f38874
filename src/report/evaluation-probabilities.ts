/** What a classifier's probabilities are worth. */
import type { EvaluationDetails } from '../data/evaluation.ts';
import { type Html, html } from './html.ts';
import { percent, signed, whole } from './numbers.ts';
import { figure, section } from './page.ts';
import { calibrationChart, histogramChart, liftChart, precisionChart, rocChart } from './probability-charts.ts';

export async function probabilitySection({ target, challenger, champion, rows }: EvaluationDetails): Promise<Html> {
  const compared = { target, challenger, champion };
  const several = target.problem === 'multiclass';
  const said = several ? 'gives the class it names' : 'predicts';
  const sentence = [challenger, ...(champion ? [champion] : [])].map(
    ({ name, bias }) =>
      html`<strong>${name}</strong> ${said} ${percent(bias.predicted)} on average where ${percent(bias.observed)} came true (${signed(bias.bias * 100, 1)} points). `,
  );
  return section(
    'Probabilities',
    html`<p>${sentence}</p><div class="pair">${[
      figure(
        await calibrationChart(compared),
        `Calibration${several ? ' of the most probable class' : ''}: on the dashed line, what is predicted comes true just as often. Ten bins of equal width, each (low, high]; a point’s area grows with its rows.`,
      ),
      ...(several
        ? []
        : [
            figure(
              await rocChart(compared),
              'ROC curve: how many of the positives are caught for how many false alarms, over all thresholds. The dashed line is chance.',
            ),
            figure(
              await precisionChart(compared),
              'Precision over recall: how many of those who are flagged are positive, over how many of the positives are found. The dashed line is the share of positives, which chance reaches.',
            ),
            figure(
              await liftChart(compared),
              'Lift: how many times as many positives lie among the rows of the highest probabilities as among as many taken by chance (dashed), in twentieths of the rows.',
            ),
          ]),
      figure(await histogramChart(compared, rows), `How often which probability is predicted, of ${whole(rows)} rows.`),
    ]}</div>`,
  );
}
