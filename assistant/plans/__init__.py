"""Plans: what should stand on the site. Read, written, made anew, from spreadsheets and from the site."""
