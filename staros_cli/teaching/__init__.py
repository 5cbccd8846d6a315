"""Labs for learners and teachers: the program, grading, and a lab that is open to a class."""
