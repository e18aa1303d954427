"""The page of the data directory: types and fields, how its sources are, who reads them, its versions."""
