#!/usr/bin/env python3
"""Learns the weights with which charts/start_score.cpp decides whether a document begins with a page.

    scripts/training-notes NOTES.csv --part learn -o learn.jsonl      # parted once more into learn-a.jsonl and learn-b.jsonl
    chartscan train --templates TEMPLATES-A --corpus learn-a.jsonl -o a.txt
    bench_classify --families TEMPLATES-B --notes learn-b.jsonl --texts 4 --model a.txt --gaps gaps.txt
    bench/fit_starts.py gaps.txt > charts/start_weights.inc

A model judges pages it has learnt from too surely: TEMPLATES-B (plain.txt) and learn-b are kept from it.
Logistic regression with L2, by Newton's method from zero: the same gaps give the same weights.
"""
import math
import sys

SHRINK = 2.0


def solved(matrix, right):
    size = len(right)
    rows = [row[:] + [value] for row, value in zip(matrix, right)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def fitted(examples, rounds=12):
    size = len(examples[0][1])
    weights = [0.0] * size
    for _ in range(rounds):
        slope = [-SHRINK * w for w in weights[:-1]] + [0.0]
        curve = [[0.0] * size for _ in range(size)]
        for i in range(size):
            curve[i][i] = SHRINK if i < size - 1 else 1e-6
        for starts, cues in examples:
            p = 1 / (1 + math.exp(-max(-30, min(30, sum(w * c for w, c in zip(weights, cues))))))
            active = [i for i in range(size) if cues[i]]
            for i in active:
                slope[i] += (starts - p) * cues[i]
                for j in active:
                    curve[i][j] += p * (1 - p) * cues[i] * cues[j]
        weights = [w + step for w, step in zip(weights, solved(curve, slope))]
    return weights


def main():
    examples = []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            starts, *cues = (float(word) for word in line.split())
            examples.append((starts, cues + [1.0]))
    weights = fitted(examples)
    right = sum((sum(w * c for w, c in zip(weights, cues)) > 0) == (starts > 0.5) for starts, cues in examples)
    print(f"{len(examples)} gaps, {sum(s for s, _ in examples):.0f} begin a document, {right / len(examples):.4f} told rightly", file=sys.stderr)
    print("// Made by bench/fit_starts.py of pages that the model judging them had not seen; do not edit by hand.")
    print(f"constexpr double kStartBias = {weights[-1]:.3f};")
    print("constexpr std::array<double, kStartCues> kStartWeights{" + ", ".join(f"{w:.3f}" for w in weights[:-1]) + "};")


if __name__ == "__main__":
    main()
