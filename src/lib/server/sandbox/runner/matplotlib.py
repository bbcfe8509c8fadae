__version__ = '3'
