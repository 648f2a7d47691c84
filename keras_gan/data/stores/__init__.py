"""Where rows are kept: in memory, in a file, or nowhere, to be decoded when they are asked for."""
