"""Lists of people that offices keep in Excel: read strictly, each fault told with its row, brought in without asking twice."""
