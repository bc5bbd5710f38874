/** Every workflow that the worker runs; the bundle is made of this file. */
export { backtest } from './backtest.ts';
export { cycle } from './cycle.ts';
export { model } from './model.ts';
export { monitor } from './monitor.ts';
export { request } from './request.ts';
export { retrain } from './retrain.ts';
export { rollout } from './rollout.ts';
export { sweep } from './sweep.ts';
