"""The learners on a GPU: conformance, accuracy and speed beside the CPU, in one prepared script."""
