"""The one thing pyproject.toml cannot say yet: the compiled kernel is optional (docs/adr/0003)."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "elchi.screening._kernel",
            sources=["src/elchi/screening/_kernel.c"],
            extra_compile_args=["-O3", "-std=c11"],
            optional=True,
        )
    ]
)
