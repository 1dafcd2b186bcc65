"""One module per section of the note; one pure function per claim, evidence in, finding out."""
