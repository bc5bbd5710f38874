/** The 28 tests of the ML Test Score (Breck, Cai, Nielsen, Salib, Sculley: "The ML Test Score", IEEE Big Data 2017), in our words. */

export const ML_TESTS = {
  data: {
    'feature-schema': 'What each column may be is written down, and held',
    'features-worth': 'Every feature is worth something',
    'features-cost': 'No feature costs more than it may',
    'features-allowed': 'Features come only from where they may',
    privacy: 'Personal data are guarded all along the way',
    'features-quick': 'A new feature reaches production soon',
    'features-tested': 'The code of the features is tested',
  },
  model: {
    reviewed: 'Every plan is reviewed, and kept in a repository',
    'offline-online': 'What is measured before serving foretells what is measured while serving',
    tuned: 'Hyperparameters are tuned',
    staleness: 'What an old model costs is known',
    simpler: 'A simpler model is not better',
    slices: 'The model is good enough on each slice that matters',
    inclusion: 'The model is fair to all whom it is about',
  },
  infrastructure: {
    reproducible: 'The same training gives the same model',
    'specification-tested': 'What specifies the model is tested',
    integration: 'The whole way from data to serving is run as a test',
    gates: 'A model is judged before it serves',
    debuggable: 'One prediction can be followed step by step',
    canary: 'A model meets a part of the requests first',
    rollback: 'The version before can be returned to, quickly and safely',
  },
  monitoring: {
    dependencies: 'People are told when what the model depends on changes',
    invariants: 'What was written down of the data holds while serving, too',
    skew: 'Features are the same in training and in serving',
    fresh: 'The model that serves is not too old',
    stable: 'Figures stay figures: nothing is infinite or no number',
    resources: 'Training and serving get no slower, and need no more memory',
    'served-quality': 'Predictions do not become worse on what is served',
  },
} as const;

export type Section = keyof typeof ML_TESTS;
export type MlTest = { [S in Section]: keyof (typeof ML_TESTS)[S] }[Section];

export const SECTION_NAMES: Readonly<Record<Section, string>> = {
  data: 'Data and features',
  model: 'Model',
  infrastructure: 'Infrastructure',
  monitoring: 'Monitoring',
};

export const SECTIONS = Object.keys(ML_TESTS) as Section[];
export const ML_TEST_NAMES = Object.values(ML_TESTS).flatMap((tests) => Object.keys(tests)) as [MlTest, ...MlTest[]];
