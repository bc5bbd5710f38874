/** Loaded by mocha before all tests (.mocharc.json). */
import { stopLaptopCloud } from './cloud.ts';

// The SDK's farewell to Node 20 is not news to a test run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
// Each Temporal server that a test starts is ended when the process exits, by a listener of its own.
process.setMaxListeners(50);

export const mochaGlobalTeardown = (): Promise<void> => stopLaptopCloud();
