/**
 * What SageMaker's Python SDK needs beside the standard variables: it asks STS for the account that names its default bucket,
 * at an address that no variable moves, and tells AWS of its own use.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the SDK's configuration into a folder; gives the variable by which the SDK finds it. */
export function sagemakerSdkEnv(folder: string, bucket: string): Record<string, string> {
  const file = join(folder, 'sagemaker.yaml');
  const modules = `{ TelemetryOptOut: true, Session: { DefaultS3Bucket: ${bucket} } }`;
  writeFileSync(file, `SchemaVersion: "1.0"\nSageMaker: { PythonSDK: { Modules: ${modules} } }\n`);
  return { SAGEMAKER_USER_CONFIG_OVERRIDE: file };
}
