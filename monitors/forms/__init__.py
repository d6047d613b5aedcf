"""What a user may say of a monitor and its rules, and what is said of what will not do."""
