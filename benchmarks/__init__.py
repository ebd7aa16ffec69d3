"""Measurements of speed and ranking, each a script: `python -m benchmarks.NAME`.

    build_cost        a build against the bare encoder, a build of nothing new, of one changed file
    question_latency  a question over 10,000 and 100,000 chunks, stage by stage; memory and disk
    start_up          from starting the app to the first passage in a browser
    ranking           how well the sample questions find their passages
    answers           what share of the labelled questions is answered or refused, and how fast

Each prints Markdown that begins with the machine. Absolute figures hold for that machine alone;
what is meant to be compared is measured within one run and given as a ratio. Data beside the
project is looked for in the folder CEXUN_DATA (default: `../shared`).
"""
