"""The figures of `hilum metrics` by NumPy and scikit-learn: labels and predictions as CSV files, seconds on stdout."""

import json
import sys
import time
import warnings

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

warnings.simplefilter("ignore")


def read(path):
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, 15))


def one(y, s):
    decided = s >= 0.5
    z = logit(np.clip(s, 1e-7, 1 - 1e-7))
    calibration_curve(y, s, n_bins=10)
    return [
        m.roc_auc_score(y, s), m.average_precision_score(y, s), m.brier_score_loss(y, s), m.log_loss(y, s),
        m.confusion_matrix(y, decided).tolist(), m.f1_score(y, decided), m.precision_score(y, decided),
        m.recall_score(y, decided), m.recall_score(y, decided, pos_label=0), m.accuracy_score(y, decided),
        LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10).fit(z[:, None], y).coef_[0, 0],
        brentq(lambda a: (expit(z + a) - y).sum(), -100, 100),
    ]


started = time.perf_counter()
y, s = read(sys.argv[1]), read(sys.argv[2])
was_read = time.perf_counter()
figures = [one(y[:, k], s[:, k]) for k in range(14)]
for average in ("micro", "macro", "weighted"):
    m.roc_auc_score(y, s, average=average)
    m.average_precision_score(y, s, average=average)
for average in ("micro", "macro", "weighted", "samples"):
    m.precision_recall_fscore_support(y, s >= 0.5, average=average)
ended = time.perf_counter()
print(json.dumps(dict(read=was_read - started, figures=ended - was_read, auroc=[f[0] for f in figures])))
