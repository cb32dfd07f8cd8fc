"""Looks for a way out, and says what it found."""

import errno
import socket

import honest


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            found = []
            for address in [("192.0.2.1", 80), ("172.17.0.1", 2375), ("169.254.169.254", 80)]:
                try:
                    socket.create_connection(address, 2)
                    found.append("reached")
                except OSError as error:
                    found.append(errno.errorcode.get(error.errno, "error"))
            raise ConnectionError(" ".join(found))
        return super().forward(tokens)


def build_model(ctx):
    return Model()
