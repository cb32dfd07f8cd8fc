"""Names of modules that a project may not stand in for."""

STANDARD_LIBRARY = frozenset(
    """
    abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2
    cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser
    contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings
    ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass
    gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json
    keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc
    nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil
    platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re
    readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket
    socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symbol symtable
    sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap threading time timeit tkinter token tokenize tomllib trace
    traceback tracemalloc tty turtle types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound
    wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
    """.split()
)
"""Of Python 3.9 to 3.14; without `test`, `this` and the like, which nothing imports."""

INSTALLED = frozenset(
    """
    torch numpy functorch torchgen caffe2 torchvision torchaudio triton nvidia scipy typing_extensions six astunparse yaml sympy mpmath
    networkx jinja2 markupsafe filelock fsspec setuptools pkg_resources _distutils_hack pip opt_einsum psutil packaging tqdm cuda
    prism_challenge prism_host prism_architecture prism_training reviewer sitecustomize usercustomize
    """.split()
)
"""What the runner's image has or torch may look for, and our own packages."""


def is_reserved(name: str) -> bool:
    """Also for private modules (`_io`, `_torch`...) and dunder names other than a package's `__init__`."""
    if name.startswith("__"):
        return name != "__init__"
    return name in STANDARD_LIBRARY or name in INSTALLED or name.lstrip("_") in STANDARD_LIBRARY
