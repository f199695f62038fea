"""A classifier that remembers its examples."""

import numpy as np


class KNearestNeighbor:
    """Classifies by the nearest examples, by Euclidean distance."""

    def train(self, X, y):
        """Remember the examples.

        Parameters
        ----------
        X : ndarray, shape (num_train, D)
            Kept as ``self.X_train``.
        y : ndarray, shape (num_train,)
            Their classes, kept as ``self.y_train``.
        """
        # BEGIN SOLUTION
        self.X_train = X
        self.y_train = y
        # END SOLUTION

    def compute_distances_two_loops(self, X):
        """Distances between new examples and those that are remembered, one at a time.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        dists : ndarray, shape (num_test, num_train)
        """
        # BEGIN SOLUTION
        dists = np.zeros((len(X), len(self.X_train)))
        for i in range(len(X)):
            for j in range(len(self.X_train)):
                dists[i, j] = np.sqrt(np.sum((X[i] - self.X_train[j]) ** 2))
        # END SOLUTION
        return dists

    def compute_distances_one_loop(self, X):
        """The same, one row of distances at a time.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        dists : ndarray, shape (num_test, num_train)
        """
        # BEGIN SOLUTION
        dists = np.zeros((len(X), len(self.X_train)))
        for i in range(len(X)):
            dists[i] = np.sqrt(((self.X_train - X[i]) ** 2).sum(axis=1))
        # END SOLUTION
        return dists

    def compute_distances_no_loops(self, X):
        """The same without any loop: a square of a difference is two squares and a product.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        dists : ndarray, shape (num_test, num_train)
        """
        # BEGIN SOLUTION
        squares = (X**2).sum(axis=1)[:, None] + (self.X_train**2).sum(axis=1)
        dists = np.sqrt(squares - 2 * X @ self.X_train.T)
        # END SOLUTION
        return dists

    def predict_labels(self, dists, k):
        """The most frequent class among the k nearest examples; of equally frequent ones the smallest.

        Parameters
        ----------
        dists : ndarray, shape (num_test, num_train)
        k : int

        Returns
        -------
        y_pred : ndarray, shape (num_test,)
        """
        # BEGIN SOLUTION
        y_pred = np.zeros(len(dists), dtype=int)
        for i in range(len(dists)):
            nearest = self.y_train[np.argsort(dists[i])[:k]]
            y_pred[i] = np.argmax(np.bincount(nearest))
        # END SOLUTION
        return y_pred
