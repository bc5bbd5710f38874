#!/usr/bin/env bash
# The AWS CLI: an endpoint of cli_train.sh's model, asked, changed, removed; refusals as the CLI shows them.
set -euo pipefail
here="$(dirname "$0")"
source "$here/cli_words.sh"

variant() { echo "VariantName=$1,ModelName=cli-model,InstanceType=ml.m5.large,InitialInstanceCount=1"; }
status() { aws sagemaker describe-endpoint --endpoint-name cli-endpoint --query EndpointStatus "$@"; }
ask() {
  aws sagemaker-runtime invoke-endpoint --endpoint-name cli-endpoint --content-type text/csv \
    --body file://rows.csv "$@" answer
}

aws sagemaker create-endpoint-config --endpoint-config-name cli-one --production-variants "$(variant one)" > /dev/null
aws sagemaker create-endpoint --endpoint-name cli-endpoint --endpoint-config-name cli-one > /dev/null
eventually InService status
aws sagemaker wait endpoint-in-service --endpoint-name cli-endpoint
equal "$(ask --query InvokedProductionVariant --output text)" one
model="$(aws sagemaker describe-model --model-name cli-model --query PrimaryContainer.ModelDataUrl --output text)"
python "$here/same.py" "$model" rows.csv answer

aws sagemaker create-endpoint-config --endpoint-config-name cli-two --production-variants "$(variant two)" > /dev/null
aws sagemaker update-endpoint --endpoint-name cli-endpoint --endpoint-config-name cli-two > /dev/null
eventually InService status
equal "$(ask --query InvokedProductionVariant --output text)" two

refused 'An error occurred (ValidationException) when calling the DescribeEndpoint operation: Could not find endpoint' \
  aws sagemaker describe-endpoint --endpoint-name nobody
refused 'An error occurred (ValidationError) when calling the InvokeEndpoint operation' \
  aws sagemaker-runtime invoke-endpoint --endpoint-name nobody --body 1 answer
refused '(UnsupportedOperationException)' aws sagemaker list-notebook-instances
refused '(ResourceInUse)' aws sagemaker create-training-job --cli-input-json file://job.json

aws sagemaker delete-endpoint --endpoint-name cli-endpoint
aws sagemaker wait endpoint-deleted --endpoint-name cli-endpoint
for config in cli-one cli-two; do aws sagemaker delete-endpoint-config --endpoint-config-name "$config"; done
aws sagemaker delete-model --model-name cli-model
equal "$(aws sagemaker list-endpoints --query 'length(Endpoints)')" 0
