"""The pages of the app, one file a page; what they share stands in `frame.py` and `service.py`."""
