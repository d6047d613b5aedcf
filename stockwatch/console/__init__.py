"""The admin for those who operate Stockwatch: front page, dashboards, the log of actions."""
