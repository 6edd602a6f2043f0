"""How many threads the libraries take; read by them when they are first imported."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""Environment under which linear algebra keeps to one thread.

Its products are small here: with more threads they take twice the time, waiting for each other.
"""
