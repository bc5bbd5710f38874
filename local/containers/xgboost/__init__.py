"""Plays the sagemaker-xgboost image: training and serving, by a script or by the built-in algorithm.

The contract is that of sagemaker-training-toolkit, sagemaker-inference-toolkit and
sagemaker-xgboost-container; SAGEMAKER_BASE_DIR is the folder that plays /opt/ml.
"""
