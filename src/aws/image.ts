/** How our scripts run in SageMaker's XGBoost image: its script mode. */

export const TRAIN_PROGRAM = 'train.py';
export const SERVE_PROGRAM = 'inference.py';

/** What makes the image run our training script; the values are JSON, as its toolkit reads them. */
export const scriptHyperparameters = (
  sourcedir: string,
  region: string,
  parameters: Readonly<Record<string, string | number | boolean>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      ...parameters,
      sagemaker_program: TRAIN_PROGRAM,
      sagemaker_submit_directory: sourcedir,
      sagemaker_region: region,
      sagemaker_container_log_level: 20,
    }).map(([key, value]) => [key, JSON.stringify(value)]),
  );

/** The environment of a container that serves: the script travels inside the model. */
export const servingEnvironment = (region: string): Record<string, string> => ({
  SAGEMAKER_PROGRAM: SERVE_PROGRAM,
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
  SAGEMAKER_REGION: region,
  SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
});

/** The region in an image of ECR's; undefined when the image comes from elsewhere. */
export const regionOfImage = (image: string): string | undefined =>
  /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\//.exec(image)?.[1];
