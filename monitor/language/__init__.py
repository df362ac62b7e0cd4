"""What every language needs, pure: words and their forms, lexicons, facilities, cues, numbers, dates."""
