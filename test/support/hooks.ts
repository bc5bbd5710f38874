/** Loaded by mocha before all tests (.mocharc.json). */
import { stopLaptopCloud } from './cloud.ts';

export const mochaGlobalTeardown = (): Promise<void> => stopLaptopCloud();
