"""People: sign-up, sign-in and recovery, kept by a user pool."""
