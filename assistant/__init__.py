"""The head of Milepost: plans, money, changes, approval, journal. No browser, no screen."""
