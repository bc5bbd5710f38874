"""Plays the sagemaker-scikit-learn image: a customer's script, trained and served.

The contract is that of sagemaker-scikit-learn-container.
"""
