"""What people do with data, one room per trade; rooms meet only in typed facts."""
