"""A local stand-in for Freelancer.com: its pages, its money, its faults on demand, and the truth about all of it.

It stands alone: nothing of Milepost is imported here, so that tests can judge Milepost by it. README.md beside this
file says what is fact, what is invented, and lists every knob and fault point.
"""
