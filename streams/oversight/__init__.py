"""What is asked of the service that keeps the measures of a log, and how it is reached: the page and the service meet here."""
