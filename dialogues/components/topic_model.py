"""Which topic a text is about: a linear model over characters and words, each seen as typed and without diacritics.

Runs in Rasa's environment (Python 3.10, scikit-learn 1.1). Shares its spelling rules with the rest through bot.vn.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.vn.noise import as_typed
from bot.vn.text import clean, fold

LONG = 25  # words; a longer text is a story, and its clauses are also looked at one by one
_CLAUSE = re.compile(r"[.?!;\n…]+|,\s|\b(?:nên|vậy|cho (?:em|tôi|mình|con|cháu|hỏi)|xin hỏi|hỏi là)\b", re.IGNORECASE)


def _typed(text: str) -> str:
    return clean(text).lower()


def _folded(text: str) -> str:
    return fold(_typed(text))


def _vectorizers() -> list[TfidfVectorizer]:
    return [
        vectorizer
        for view in (_typed, _folded)
        for vectorizer in (
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, preprocessor=view, min_df=2),
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, preprocessor=view, token_pattern=r"(?u)\b\w+\b"),
        )
    ]


def enlarged(texts: Sequence[str], topics: Sequence[str], copies: int, seed: int = 7) -> tuple[list[str], list[str]]:
    """Return the examples with, for each, one copy without diacritics and `copies` as people hastily type."""
    rng = random.Random(seed)
    out_texts, out_topics = [], []
    for text, topic in zip(texts, topics):
        spellings = {text: None, _folded(text): None}
        spellings.update((as_typed(text, rng), None) for _ in range(copies))
        out_texts += spellings
        out_topics += [topic] * len(spellings)
    return out_texts, out_topics


class TopicModel:
    """TF-IDF features and a linear support vector classifier.

    Confidences are the softmax of the margins times `sharpness`: the factor under which questions left out of training
    got the likeliest confidences (`make eval` shows what follows from it).
    """

    def __init__(self, strength: float = 1.0, copies: int = 1, sharpness: float = 5.0) -> None:
        self.strength, self.copies, self.sharpness = strength, copies, sharpness
        self.vectorizers = _vectorizers()
        self.topics: list[str] = []
        self.weights = np.zeros((0, 0), dtype=np.float32)  # a row for each feature, a column for each topic
        self.offsets = np.zeros(0)

    def fit(self, texts: Sequence[str], topics: Sequence[str]) -> TopicModel:
        """Learn from the examples and from copies of them as people type."""
        all_texts, all_topics = enlarged(texts, topics, self.copies)
        for vectorizer in self.vectorizers:
            vectorizer.fit(all_texts)
        features = self._features(all_texts)
        labels = np.array(all_topics)
        model = LinearSVC(C=self.strength, tol=1e-2, random_state=42).fit(features, labels)
        self.topics = [str(topic) for topic in model.classes_]
        self.weights, self.offsets = np.ascontiguousarray(model.coef_.T, dtype=np.float32), model.intercept_
        return self

    def confidences(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row a text, one column a topic; each row sums to 1."""
        return _softmax(self.sharpness * self._margins(texts))

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return the topics with their confidence, likeliest first; a story is judged by its clauses too."""
        sure = self.confidences([text])[0]
        clauses = clauses_of(text)
        if clauses:
            sure = (sure + self._of_clauses(clauses)) / 2
        order = np.argsort(-sure)
        return [(self.topics[place], float(sure[place])) for place in order]

    def _of_clauses(self, clauses: Sequence[str]) -> np.ndarray:
        """Return the mean of the clauses' confidences, each weighed by how sure it is."""
        each = self.confidences(clauses)
        weight = each.max(axis=1) ** 2
        return (each * weight[:, None]).sum(axis=0) / weight.sum()

    def _features(self, texts: Sequence[str]) -> csr_matrix:
        return hstack([vectorizer.transform(texts) for vectorizer in self.vectorizers]).tocsr()

    def _margins(self, texts: Sequence[str]) -> np.ndarray:
        """Return the linear model's value of each topic; only the rows of features that a text has are touched."""
        rows = self._features(texts)
        return np.array(
            [
                rows.data[start:end].astype(np.float32) @ self.weights[rows.indices[start:end]] + self.offsets
                for start, end in zip(rows.indptr, rows.indptr[1:])
            ]
        )

    def save(self, folder: Path) -> None:
        """Write the model as numbers and JSON: nothing to unpickle."""
        spellings = {f"idf{n}": v.idf_.astype(np.float32) for n, v in enumerate(self.vectorizers)}
        np.savez_compressed(folder / "topics.npz", weights=self.weights, offsets=self.offsets, **spellings)
        words = [sorted(v.vocabulary_, key=v.vocabulary_.get) for v in self.vectorizers]
        about = {"topics": self.topics, "sharpness": float(self.sharpness), "words": words}
        (folder / "topics.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read what `save` wrote."""
        model = cls()
        about = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
        with np.load(folder / "topics.npz", allow_pickle=False) as numbers:
            model.weights, model.offsets = numbers["weights"], numbers["offsets"]
            for n, (vectorizer, words) in enumerate(zip(model.vectorizers, about["words"])):
                vectorizer.vocabulary = {word: place for place, word in enumerate(words)}
                vectorizer.idf_ = numbers[f"idf{n}"].astype(np.float64)
        model.topics, model.sharpness = about["topics"], about["sharpness"]
        return model


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a story; nothing for a short text."""
    words = text.split()
    if len(words) <= LONG:
        return []
    clauses = [clause.strip() for clause in _CLAUSE.split(text) if clause and len(clause.split()) >= 4]
    if len(clauses) > 1:
        return clauses
    return [" ".join(words[start : start + 15]) for start in range(0, len(words), 10)]


def _softmax(margins: np.ndarray) -> np.ndarray:
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
