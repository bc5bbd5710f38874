/** The ML Test Score's tests of monitoring. */
import { span } from '../../plan/span.ts';
import type { Evidence } from './evidence.ts';
import { held, type Judges, lacking, NOTHING_SERVES, partly, type Verdict } from './verdict.ts';

const NO_PASS = 'no pass has looked at the version that serves';
const LOOK = 'let a pass look at it: "perennial monitor <model>"';

export const monitoringJudges: Judges<'monitoring'> = {
  dependencies: {
    judge: ({ plan: { collect, monitor } }) => {
      if (monitor.notify.length === 0) return lacking('nobody is told');
      return collect.expect.length > 0
        ? held(
            `${monitor.notify.length} are told when one of ${collect.expect.length} expectations of the sources breaks`,
          )
        : lacking('nothing is expected of the sources');
    },
    mend: 'name people in monitor.notify, and say in collect.expect what the sources must be like',
  },
  invariants: {
    judge: ({ pass }) => {
      if (!pass || pass.captured.rows === 0) return lacking(NO_PASS);
      const bad = pass.findings.filter(({ kind }) => kind === 'data').length;
      const found = `${pass.data.inputs.length} inputs of ${pass.captured.rows} rows that were served`;
      return held(`${found}: ${bad === 0 ? 'none is bad' : `${bad} findings of bad data`}`);
    },
    mend: LOOK,
  },
  skew: {
    judge: ({ pass }) => {
      const skew = pass?.skew;
      if (!skew || 'problem' in skew || skew.rows === 0)
        return lacking(skew && 'problem' in skew ? skew.problem : 'no request was asked again');
      return held(`${skew.rows} requests were asked again: ${skew.differing} came out otherwise`);
    },
    mend: `leave monitor.skew.rows above 0, and ${LOOK}`,
  },
  fresh: {
    judge: ({ plan: { retrain }, champion }) => {
      if (!champion) return lacking(NOTHING_SERVES);
      const looks = `version ${champion.version} is as of ${champion.asOf ?? champion.since}`;
      if (retrain.schedule) return held(`${looks}; a calendar retrains it (${retrain.schedule})`);
      return retrain.on.length > 0
        ? held(`${looks}; ${retrain.on.join(' and ')} retrains it`)
        : lacking(`${looks}; nothing retrains it`);
    },
    mend: 'give the plan retrain.schedule, or retrain.on',
  },
  stable: {
    judge: ({ champion, evaluation, pass }) => {
      if (!champion || !evaluation) return lacking(NOTHING_SERVES);
      const found = `all answers to ${evaluation.rows} test rows are finite numbers`;
      return pass && pass.captured.rows > 0
        ? held(`${found}, and those of ${pass.captured.rows} rows that were served`)
        : partly(`${found}; ${NO_PASS}`);
    },
    mend: LOOK,
  },
  resources: {
    judge: ({ pass }) => {
      if (!pass) return lacking(NO_PASS);
      const { latencyP99, memory, limits } = pass.service;
      if (latencyP99 === undefined) return lacking('CloudWatch told no latency in the last pass');
      const used = memory === undefined ? '' : `, and ${Math.round(memory * 100)} % of the memory was used at most`;
      return held(`99 of 100 answers took ${span(latencyP99)} at most (${span(limits.latencyP99)} are allowed)${used}`);
    },
    mend: LOOK,
  },
  'served-quality': {
    judge: servedQuality,
    mend: 'limit metrics in monitor.quality, and send outcomes: "perennial labels"',
  },
};

function servedQuality({ pass, plan: { monitor } }: Evidence): Verdict {
  if (!pass) return lacking(NO_PASS);
  const { judged, labelled, estimated } = pass.quality;
  if (judged && monitor.quality.length > 0) {
    const broken = pass.findings.filter(({ kind }) => kind === 'quality').length;
    return held(
      `${monitor.quality.length} limits on ${labelled} outcomes: ${broken === 0 ? 'all hold' : `${broken} broken`}`,
    );
  }
  if (estimated && 'metrics' in estimated)
    return partly(`by the probabilities of ${estimated.rows} rows alone; ${labelled} outcomes have come`);
  return lacking(monitor.quality.length === 0 ? 'no metric has a limit' : `${labelled} outcomes have come, too few`);
}
