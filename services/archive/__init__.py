"""The archive: what each day added to the numbers, in the MongoDB of whoever has one.

One process writes (`writer`), web processes read (`reader`); only `mongo` knows the driver.
"""
