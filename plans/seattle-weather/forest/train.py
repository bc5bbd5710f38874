"""A candidate of one's own: scikit-learn's random forest."""

from sklearn.ensemble import RandomForestClassifier


def fit(data, hyperparameters):
    forest = RandomForestClassifier(
        n_estimators=int(hyperparameters.get("trees", 100)),
        min_samples_leaf=int(hyperparameters.get("leaf", 3)),
        random_state=data.seed,
    )
    return forest.fit(data.train.features, data.train.label, sample_weight=data.train.weight)
