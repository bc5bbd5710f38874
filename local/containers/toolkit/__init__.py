"""What the images of SageMaker's frameworks share: a customer's script, trained and served.

The contract is that of sagemaker-training-toolkit and sagemaker-inference-toolkit; SAGEMAKER_BASE_DIR is
the folder that plays /opt/ml.
"""
