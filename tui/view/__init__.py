"""What the screens show, as plain objects made from the plan and the journal. No Textual here."""
