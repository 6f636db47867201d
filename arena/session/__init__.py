"""The one façade for window and command line: ask, start, steer and watch, without running plugin code."""

from arena.session.doctor import DoctorFact, DoctorReport
from arena.session.reading import FilePlace, LogPage, MetricPage
from arena.session.session import Session
from arena.session.training import Plan

__all__ = ["DoctorFact", "DoctorReport", "FilePlace", "LogPage", "MetricPage", "Plan", "Session"]
