/** The first stage: what can be known to be wrong before anything is paid for. */
import { lookAtBucket } from '../aws/bucket.ts';
import { cents, cycleCeiling, TRANSFORMS } from '../aws/costs.ts';
import { regionOfImage } from '../aws/image.ts';
import { isOffered, nearby, transformInstance, type Work } from '../aws/instances.ts';
import { knownTypes, PRICES_SOURCE } from '../aws/prices.ts';
import type { Config } from '../config.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

/** What was found, and whether it is wrong. */
interface Check {
  readonly text: string;
  readonly wrong?: true;
}

export const planActivities = ({ config, aws }: Deps): Pick<Activities, 'preflight'> => ({
  async preflight({ frozen: { plan }, usdLeft }) {
    const { ceilingUsd, checks: cost } = ceiling(plan);
    const checks = [
      await bucket(aws.s3, config),
      role('PERENNIAL_JOB_ROLE_ARN', config.jobRoleArn),
      role('PERENNIAL_LAMBDA_ROLE_ARN', config.lambdaRoleArn),
      image(config),
      ...instances(plan),
      ...cost,
      ...(usdLeft === undefined ? [] : [month(plan, usdLeft, ceilingUsd)]),
    ];
    const wrong = checks.filter((check) => check.wrong).map(({ text }) => text);
    if (wrong.length > 0) throw permanent('PlanRefused', `${plan.model}: ${wrong.join('; ')}`, { wrong });
    return { ...(ceilingUsd === undefined ? {} : { ceilingUsd }), checks: checks.map(({ text }) => text) };
  },
});

async function bucket(s3: Deps['aws']['s3'], { bucket: name, region }: Config): Promise<Check> {
  const found = await lookAtBucket(s3, name);
  if (found === 'there') return { text: `bucket ${name} is there` };
  if (found === 'missing')
    return { wrong: true, text: `there is no bucket ${name}; make it, or set PERENNIAL_BUCKET to one that is there` };
  return {
    wrong: true,
    text: `bucket ${name} is not in ${region}; set AWS_REGION to its region, or use another bucket`,
  };
}

const role = (setting: string, arn: string): Check =>
  /^arn:aws[a-z-]*:iam::\d{12}:role\/?[\w+=,.@/-]+$/.test(arn)
    ? { text: `role ${arn} has the form of one` }
    : { wrong: true, text: `${setting} is "${arn}", which is no role; write arn:aws:iam::<account>:role/<name>` };

function image({ image: uri, region }: Config): Check {
  if (!/^[a-z0-9.:-]+\/[\w./-]+([:@][\w.:-]+)?$/i.test(uri))
    return {
      wrong: true,
      text: `PERENNIAL_IMAGE is "${uri}", which is no image; write <registry>/<repository>:<tag>, or leave it out`,
    };
  const from = regionOfImage(uri);
  if (from === undefined || from === region) return { text: `image ${uri}` };
  return {
    wrong: true,
    text: `PERENNIAL_IMAGE is of ${from}, and jobs run in ${region}; set it to the XGBoost image of ${region} (see AWS's list of Docker registry paths)`,
  };
}

function instances({ train, deploy }: Plan): Check[] {
  const uses: [string, string, Work][] = [
    ['train.instance.type', train.instance.type, 'training'],
    ['deploy.instance.type', deploy.instance.type, 'hosting'],
    ['deploy.instance.type', transformInstance(train.instance, deploy.instance).type, 'batch transform'],
  ];
  return uses.map(([path, type, work]) =>
    isOffered(type, work)
      ? { text: `${type} is offered for ${work}` }
      : { wrong: true, text: `${path}: SageMaker offers no ${type} for ${work}; ${meant(type, work)}` },
  );
}

const meant = (type: string, work: Work): string => {
  const near = nearby(type, work);
  return near.length > 0 ? `it offers ${near.join(', ')}` : 'choose one such as ml.m5.large';
};

/** The most that a cycle's jobs can cost, every one of them running as long as it may. */
function ceiling(plan: Plan): { ceilingUsd?: number; checks: Check[] } {
  const { train } = plan;
  const { usd: ceilingUsd, jobs, hours, training, scoring } = cycleCeiling(plan);
  const budget = train.budget?.perCycleUsd;
  if (ceilingUsd === undefined) {
    const [path, type] =
      training.usdPerHour === undefined || scoring.type === training.type
        ? ['train.instance', training.type]
        : ['deploy.instance', scoring.type];
    const text = `${path}: the price of ${type} is not known; write its usdPerHour beside the type, or use one of ${knownTypes().slice(0, 50).join(', ')}`;
    return { checks: [budget === undefined ? { text: `no cost ceiling: ${text}` } : { wrong: true, text }] };
  }
  const sum =
    `${jobs} training ${jobs === 1 ? 'job' : 'jobs'} × 1 ${training.type} at ${training.usdPerHour} USD/h × ${round(hours)} h, ` +
    `and ${TRANSFORMS} transform jobs × 1 ${scoring.type} at ${scoring.usdPerHour} USD/h × ${round(hours)} h`;
  if (budget !== undefined && ceilingUsd > budget)
    return {
      checks: [
        {
          wrong: true,
          text: `a cycle may cost up to ${ceilingUsd} USD (${sum}), and train.budget.perCycleUsd is ${budget} USD; shorten train.instance.maxRuntime, choose a smaller instance, fewer candidates or fewer trials, or raise the budget`,
        },
      ],
    };
  const held = budget === undefined ? 'no budget is set' : `the budget is ${budget} USD`;
  return {
    ceilingUsd,
    checks: [
      { text: `a cycle costs at most ${ceilingUsd} USD, ${held}: ${sum} (${PRICES_SOURCE}, unless the plan says)` },
    ],
  };
}

/** An automatic cycle stays within what is left of the month, even if every job ran as long as it may. */
function month({ retrain }: Plan, left: number, ceilingUsd?: number): Check {
  const of = `of the ${retrain.budget?.usdPerMonth} USD of retrain.budget.usdPerMonth, ${cents(left)} USD are left`;
  if (ceilingUsd === undefined)
    return { wrong: true, text: `${of}, and what a cycle costs is not known; write usdPerHour beside the type` };
  if (ceilingUsd <= left) return { text: of };
  return {
    wrong: true,
    text: `${of}, and a cycle may cost up to ${ceilingUsd} USD; raise the budget, or start it by hand with "perennial run"`,
  };
}

const round = (hours: number): number => Math.round(hours * 1_000) / 1_000;
