"""The screens: projects, preview, run, runs, inbox; and what stands before them: approval, questions, the menu."""
