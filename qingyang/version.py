"""The version of qingyang, kept here so that it is known without an installation."""

VERSION = "0.1.0"
