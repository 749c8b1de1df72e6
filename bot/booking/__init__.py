"""Consultations: who offers time and where, what is free, holds, appointments, reminders, the consultant's day."""
