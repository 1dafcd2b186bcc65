"""What chapters show: rows of data and answers of the models, named and joined for a chart.

One module a chapter; `chips` serves several. A function returns a frame whose `source` column says
what each row rests on, or a drawing that no form has. Nothing here writes a sentence.
"""
