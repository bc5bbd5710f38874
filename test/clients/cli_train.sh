#!/usr/bin/env bash
# The AWS CLI: rows to S3, a training job by --cli-input-json, its logs, a batch transform, a version in the registry.
set -euo pipefail
here="$(dirname "$0")"
source "$here/cli_words.sh"

python -c "import sys; sys.path.insert(0, '$here'); from data import *; print(csv(table(600, 1)))" > train.csv
python -c "import sys; sys.path.insert(0, '$here'); from data import *; print(csv(table(50, 3)[:, 1:]))" > rows.csv
aws s3 cp --quiet train.csv s3://bench/cli/train/rows.csv
aws s3 cp --quiet rows.csv s3://bench/cli/rows.csv

cat > job.json <<JSON
{
  "TrainingJobName": "cli-train",
  "RoleArn": "$ROLE",
  "AlgorithmSpecification": { "TrainingImage": "$XGBOOST", "TrainingInputMode": "File" },
  "HyperParameters": { "objective": "binary:logistic", "num_round": "8", "max_depth": "3" },
  "InputDataConfig": [{
    "ChannelName": "train", "ContentType": "text/csv",
    "DataSource": { "S3DataSource": { "S3DataType": "S3Prefix", "S3Uri": "s3://bench/cli/train/" } }
  }],
  "OutputDataConfig": { "S3OutputPath": "s3://bench/cli/out" },
  "ResourceConfig": { "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5 },
  "StoppingCondition": { "MaxRuntimeInSeconds": 600 }
}
JSON
arn="$(aws sagemaker create-training-job --cli-input-json file://job.json --query TrainingJobArn --output text)"
equal "$arn" arn:aws:sagemaker:us-east-1:000000000000:training-job/cli-train
eventually Completed aws sagemaker describe-training-job --training-job-name cli-train --query TrainingJobStatus
aws sagemaker wait training-job-completed-or-stopped --training-job-name cli-train
model="$(aws sagemaker describe-training-job --training-job-name cli-train \
  --query ModelArtifacts.S3ModelArtifacts --output text)"
aws s3 ls "$model" > /dev/null
aws logs filter-log-events --log-group-name /aws/sagemaker/TrainingJobs --log-stream-name-prefix cli-train/ \
  --query 'events[].message' --output text | grep -q '\[7\]'
equal "$(aws sagemaker list-training-jobs --name-contains cli- --query 'length(TrainingJobSummaries)')" 1

aws sagemaker create-model --model-name cli-model --execution-role-arn "$ROLE" \
  --primary-container "Image=$XGBOOST,ModelDataUrl=$model" > /dev/null
aws sagemaker create-transform-job --transform-job-name cli-transform --model-name cli-model \
  --transform-input "DataSource={S3DataSource={S3DataType=S3Prefix,S3Uri=s3://bench/cli/rows.csv}},ContentType=text/csv,SplitType=Line" \
  --transform-output S3OutputPath=s3://bench/cli/scored,AssembleWith=Line \
  --transform-resources InstanceType=ml.m5.large,InstanceCount=1 > /dev/null
eventually Completed aws sagemaker describe-transform-job --transform-job-name cli-transform --query TransformJobStatus
aws sagemaker wait transform-job-completed-or-stopped --transform-job-name cli-transform
aws s3 cp --quiet s3://bench/cli/scored/rows.csv.out scored
python "$here/same.py" "$model" rows.csv scored

aws sagemaker create-model-package-group --model-package-group-name cli-group --tags Key=team,Value=ops > /dev/null
package="$(aws sagemaker create-model-package --model-package-group-name cli-group --inference-specification \
  "Containers=[{Image=$XGBOOST,ModelDataUrl=$model}],SupportedContentTypes=text/csv,SupportedResponseMIMETypes=text/csv" \
  --query ModelPackageArn --output text)"
aws sagemaker update-model-package --model-package-arn "$package" --model-approval-status Approved > /dev/null
equal "$(aws sagemaker list-model-packages --model-package-group-name cli-group \
  --query 'ModelPackageSummaryList[].ModelApprovalStatus' --output text)" Approved
