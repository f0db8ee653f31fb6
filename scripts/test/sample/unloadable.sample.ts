// A test file that cannot be loaded.
throw new Error('no test of this file can run')
