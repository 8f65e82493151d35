"""Finding by itself how two pictures of one view lie over each other, by points that both show.

Run in a worker: it takes a few hundred megabytes for a moment. Only a similarity is looked for, never a bend.
"""

import math
from typing import Any

from kalon.photos.rules.laying import LEAST, MOST, Laid

FEWEST = 12  # matches that have to agree; below that, points are set by hand
LONGEST = 1280  # points a side that are looked at: more is slower and no truer
NEAR = 3.0  # points of that picture by which a match may be off
TURNED = 30.0  # degrees: a head is never held so askew in a standard view
OTHER_SIZE = 2.5


def found(earlier: bytes, later: bytes) -> Laid | None:
    """How the later picture lies over the earlier, in points of these two pictures; None where too little agrees.

    SIFT features matched by Lowe's ratio and, where those are few, ORB features that choose each other; both through
    RANSAC to four numbers (scale, turn, shift).
    """
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    pictures: list[Any] = [cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_GRAYSCALE) for one in (earlier, later)]
    if any(one is None for one in pictures):
        return None
    factors = [min(1.0, LONGEST / max(one.shape)) for one in pictures]
    small = [
        one if factor == 1 else cv2.resize(one, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        for one, factor in zip(pictures, factors, strict=True)
    ]
    tried = (_sift(cv2, *small), _orb(cv2, *small))
    best = max((one for one in (_fitted(cv2, np, *pairs) for pairs in tried) if one), key=_worth, default=None)
    return best and _in_full(best, factors)


def _worth(laid: Laid) -> float:
    return laid.inliers / (1 + laid.error)


def _sift(cv2: Any, earlier: Any, later: Any) -> tuple[list[Any], list[Any]]:
    finder = cv2.SIFT_create(nfeatures=3000, contrastThreshold=0.02)
    (one, words), (other, others) = (finder.detectAndCompute(picture, None) for picture in (earlier, later))
    if words is None or others is None or len(one) < 2 or len(other) < 2:
        return [], []
    near = cv2.BFMatcher(cv2.NORM_L2).knnMatch(others, words, k=2)
    kept = [
        first for first, second in (two for two in near if len(two) == 2) if first.distance < 0.75 * second.distance
    ]
    return [one[match.trainIdx].pt for match in kept], [other[match.queryIdx].pt for match in kept]


def _orb(cv2: Any, earlier: Any, later: Any) -> tuple[list[Any], list[Any]]:
    finder = cv2.ORB_create(nfeatures=4000, fastThreshold=8)
    (one, words), (other, others) = (finder.detectAndCompute(picture, None) for picture in (earlier, later))
    if words is None or others is None:
        return [], []
    kept = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(others, words)
    return [one[match.trainIdx].pt for match in kept], [other[match.queryIdx].pt for match in kept]


def _fitted(cv2: Any, np: Any, earlier: list[Any], later: list[Any]) -> Laid | None:
    if len(earlier) < FEWEST:
        return None
    source, target = np.float64(later), np.float64(earlier)
    cv2.setRNGSeed(1)  # the same pictures lie the same way each time
    matrix, chosen = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=NEAR, maxIters=5000, confidence=0.999, refineIters=20
    )
    if matrix is None or int(chosen.sum()) < FEWEST:
        return None
    inside = chosen.ravel().astype(bool)
    off = source[inside] @ matrix[:, :2].T + matrix[:, 2] - target[inside]
    error = float(np.sqrt((off**2).sum(axis=1).mean()))
    scale, rotation = math.hypot(*matrix[:, 0]), math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))
    if not 1 / OTHER_SIZE <= scale <= OTHER_SIZE or abs(rotation) > TURNED:
        return None
    return Laid(scale, rotation, float(matrix[0, 2]), float(matrix[1, 2]), int(inside.sum()), error)


def _in_full(laid: Laid, factors: list[float]) -> Laid | None:
    earlier, later = factors
    scale = laid.scale * later / earlier
    if not LEAST <= scale <= MOST:
        return None
    return Laid(
        scale, laid.rotation, laid.shift_x / earlier, laid.shift_y / earlier, laid.inliers, laid.error / earlier
    )
